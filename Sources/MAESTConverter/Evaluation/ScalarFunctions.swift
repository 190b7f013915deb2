#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Functions of single numbers. They are types, so that the compiler specialises the loops for each of them.

/// A function of two numbers. Integers wrap around, as in TensorFlow.
protocol Arithmetic: SendableMetatype {
  static func apply(_ a: Float, _ b: Float) -> Float
  static func apply(_ a: Int, _ b: Int) -> Int
}

/// A relation between two numbers.
protocol Relation: SendableMetatype {
  static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool
}

/// A function of one number.
protocol FloatFunction: SendableMetatype {
  static func apply(_ x: Float) -> Float
}

/// A function of one number, floating-point or integer.
protocol NumberFunction: FloatFunction {
  static func apply(_ x: Int) -> Int
}

enum Addition: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { a + b }
  static func apply(_ a: Int, _ b: Int) -> Int { a &+ b }
}
enum Subtraction: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { a - b }
  static func apply(_ a: Int, _ b: Int) -> Int { a &- b }
}
enum Multiplication: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { a * b }
  static func apply(_ a: Int, _ b: Int) -> Int { a &* b }
}
enum Smaller: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { b < a || b.isNaN ? b : a }
  static func apply(_ a: Int, _ b: Int) -> Int { min(a, b) }
}
enum Larger: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { b > a || b.isNaN ? b : a }
  static func apply(_ a: Int, _ b: Int) -> Int { max(a, b) }
}
enum SquaredDifference: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { (a - b) * (a - b) }
  static func apply(_ a: Int, _ b: Int) -> Int { (a &- b) &* (a &- b) }
}
/// Division that truncates towards zero; integer divisors are not 0.
enum Division: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { a / b }
  static func apply(_ a: Int, _ b: Int) -> Int { a.dividedReportingOverflow(by: b).partialValue }
}
/// Division that rounds towards minus infinity; integer divisors are not 0.
enum FloorDivision: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { (a / b).rounded(.down) }
  static func apply(_ a: Int, _ b: Int) -> Int {
    let quotient = Division.apply(a, b)
    return FloorRemainder.hasOtherSign(Remainder.apply(a, b), b) ? quotient - 1 : quotient
  }
}
/// The remainder of `Division`; integer divisors are not 0.
enum Remainder: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { a.truncatingRemainder(dividingBy: b) }
  static func apply(_ a: Int, _ b: Int) -> Int { b == -1 ? 0 : a % b }
}
/// The remainder of `FloorDivision`, which has the divisor's sign; integer divisors are not 0.
enum FloorRemainder: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float {
    let rest = Remainder.apply(a, b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }
  static func apply(_ a: Int, _ b: Int) -> Int {
    let rest = Remainder.apply(a, b)
    return hasOtherSign(rest, b) ? rest + b : rest
  }
  static func hasOtherSign(_ rest: Int, _ divisor: Int) -> Bool { rest != 0 && (rest < 0) != (divisor < 0) }
}
/// Powers; integer exponents are not negative.
enum Power: Arithmetic {
  static func apply(_ a: Float, _ b: Float) -> Float { powf(a, b) }
  static func apply(_ a: Int, _ b: Int) -> Int {
    var (result, base, exponent) = (1, a, b)
    while exponent > 0 {
      if exponent & 1 == 1 { result = result &* base }
      base = base &* base
      exponent >>= 1
    }
    return result
  }
}

enum IsEqual: Relation { static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a == b } }
enum IsNotEqual: Relation { static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a != b } }
enum IsLess: Relation { static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a < b } }
enum IsLessOrEqual: Relation { static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a <= b } }
enum IsGreater: Relation { static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a > b } }
enum IsGreaterOrEqual: Relation { static func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a >= b } }

enum Negation: NumberFunction {
  static func apply(_ x: Float) -> Float { -x }
  static func apply(_ x: Int) -> Int { 0 &- x }
}
enum Squaring: NumberFunction {
  static func apply(_ x: Float) -> Float { x * x }
  static func apply(_ x: Int) -> Int { x &* x }
}
enum AbsoluteValue: NumberFunction {
  static func apply(_ x: Float) -> Float { abs(x) }
  static func apply(_ x: Int) -> Int { x < 0 ? 0 &- x : x }
}
enum PositivePart: NumberFunction {
  static func apply(_ x: Float) -> Float { x < 0 ? 0 : x }
  static func apply(_ x: Int) -> Int { max(x, 0) }
}
enum SquareRoot: FloatFunction { static func apply(_ x: Float) -> Float { x.squareRoot() } }
enum ReciprocalSquareRoot: FloatFunction { static func apply(_ x: Float) -> Float { 1 / x.squareRoot() } }
enum Reciprocal: FloatFunction { static func apply(_ x: Float) -> Float { 1 / x } }
enum Exponential: FloatFunction { static func apply(_ x: Float) -> Float { expf(x) } }
enum NaturalLogarithm: FloatFunction { static func apply(_ x: Float) -> Float { logf(x) } }
enum HyperbolicTangent: FloatFunction { static func apply(_ x: Float) -> Float { tanhf(x) } }
enum ErrorFunction: FloatFunction { static func apply(_ x: Float) -> Float { erff(x) } }
enum ComplementaryErrorFunction: FloatFunction { static func apply(_ x: Float) -> Float { erfcf(x) } }
enum LogisticFunction: FloatFunction { static func apply(_ x: Float) -> Float { 1 / (1 + expf(-x)) } }
enum ExponentialLinear: FloatFunction { static func apply(_ x: Float) -> Float { x < 0 ? expm1f(x) : x } }
enum RoundingDown: FloatFunction { static func apply(_ x: Float) -> Float { x.rounded(.down) } }
enum RoundingUp: FloatFunction { static func apply(_ x: Float) -> Float { x.rounded(.up) } }
/// Rounds halves to the even neighbour.
enum RoundingToEven: FloatFunction {
  static func apply(_ x: Float) -> Float { x.rounded(.toNearestOrEven) }
}
