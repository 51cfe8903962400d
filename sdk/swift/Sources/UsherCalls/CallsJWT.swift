import Foundation

/// Reads JSON Web Tokens, to show what they say and never to decide by it: the signature is not verified.
public enum CallsJWT {
  /// The payload, a JSON object in UTF-8; nil for a text that is no JSON Web Token.
  public static func payload(_ jwt: String) -> Data? {
    let parts = jwt.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[1].isEmpty, parts[1].unicodeScalars.allSatisfy(isBase64URL) else { return nil }
    var base64 = parts[1].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
    guard let payload = Data(base64Encoded: base64), String(bytes: payload, encoding: .utf8) != nil,
      (try? JSONSerialization.jsonObject(with: payload)) is [String: Any]
    else { return nil }
    return payload
  }

  private static func isBase64URL(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
    default: false
    }
  }
}
