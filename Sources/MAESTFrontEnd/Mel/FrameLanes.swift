/// A SIMD vector with one value of each of four consecutive frames: lane `l` belongs to frame `first + l`.
///
/// The front end never mixes lanes, so the result for a frame is independent of the frames computed together with it.
/// Products and sums are separate operations (never fused), so that the result is also independent of the processor.
/// Four lanes fill one vector register of any processor; with more, the passes of the Fourier transform need too many
/// registers and are slower.
package typealias FrameLanes = SIMD4<Float>

/// The lanes' bit patterns.
typealias FrameLaneBits = SIMD4<Int32>
