// The Swift SDK's driver for the conformance harness: it does with the SDK what it is told on its standard
// input, and writes what comes of it to its standard output. The protocol is described in
// conformance/README.md. It is one client per process, since the SDK's surface is static.
import Foundation

let output = Output()
output.write([
  "driver": .text("swift"), "protocol": .number(1),
  "capabilities": .list([.text("storage"), .text("tabs"), .text("hosts"), .text("redirect"), .text("realtime")]),
])

// Commands begin in their order on a thread that reads, and end on the main one, where the SDK calls back.
Thread.detachNewThread {
  while let line = readLine() {
    guard let command = try? JSONDecoder().decode(JSON.self, from: Data(line.utf8)) else {
      fatalError("not a command: \(line)")
    }
    Driver.shared.run(command["command"].text, command["params"], of: command["client"].text) { outcome in
      output.write(outcome.fields.merging(["id": command["id"]]) { $1 })
    }
  }
  exit(0)
}
dispatchMain()
