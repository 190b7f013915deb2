/// One value of each of four consecutive frames: lane `l` belongs to frame `first + l`.
///
/// The front end never mixes lanes, so what a frame gives does not depend on the frames computed
/// beside it. Products and sums are separate operations (never fused), so that it does not depend on
/// the processor either. Four lanes fill one vector register of any processor; with more, the passes of
/// the Fourier transform keep too little in registers and are slower.
package typealias FrameLanes = SIMD4<Float>

/// The lanes' bit patterns.
typealias FrameLaneBits = SIMD4<Int32>
