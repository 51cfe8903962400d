/// An object of JSON.
typedef Json = Map<String, Object?>;

/// The texts of a list, or none where it is missing.
List<String> textsOf(Object? list) => [...?(list as List<Object?>?)?.cast<String>()];
