/// Any JSON value.
enum JSON: Codable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSON].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSON].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .bool(let bool): try value.encode(bool)
    case .number(let number): try value.encode(number)
    case .text(let text): try value.encode(text)
    case .list(let list): try value.encode(list)
    case .object(let object): try value.encode(object)
    }
  }

  subscript(name: String) -> JSON {
    if case .object(let object) = self { return object[name] ?? .null }
    return .null
  }

  /// The text, or an empty one.
  var text: String {
    if case .text(let text) = self { return text }
    return ""
  }

  /// The number, or 0.
  var number: Double {
    if case .number(let number) = self { return number }
    return 0
  }

  /// The list, or an empty one.
  var list: [JSON] {
    if case .list(let list) = self { return list }
    return []
  }

  var isTrue: Bool {
    if case .bool(true) = self { return true }
    return false
  }
}
