// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "UsherCalls",
  platforms: [.iOS(.v15), .macOS(.v12), .tvOS(.v15), .watchOS(.v8)],
  products: [.library(name: "UsherCalls", targets: ["UsherCalls"])],
  targets: [
    .target(name: "UsherCalls"),
    .executableTarget(name: "ConformanceDriver", dependencies: ["UsherCalls"]),
    .testTarget(name: "UsherCallsTests", dependencies: ["UsherCalls"]),
    .testTarget(name: "SeedTests", dependencies: ["UsherCalls"]),
  ],
  swiftLanguageModes: [.v6]
)
