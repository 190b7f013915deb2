package import MAESTKernels
package import MAESTWeights

/// The memory of one run besides the weights: allocated once, reused by every forward pass.
///
/// A workspace cannot be copied, and a forward pass takes it `inout`, so the compiler rejects two passes that use the
/// same memory at the same time. Between passes it may move to another thread. The network itself is immutable and may
/// serve any number of runs at once.
package struct Workspace: ~Copyable, Sendable {
  /// The columns of the feed-forward network's hidden layer that exist at a time.
  package static let hiddenSectionWidth = 768

  package let compute: Compute
  /// The largest number of patches in one forward pass.
  package let patchCapacity: Int
  /// Views of the memory, for the pass that has exclusive access to the workspace.
  let memory: PassMemory

  /// - Parameter patchCapacity: patches of one pass share the packed weights; each patch adds activations, 26 MB in the
  ///   30 s model.
  package init(_ configuration: ModelConfiguration, on compute: Compute, patchCapacity: Int = 1) {
    self.compute = compute
    self.patchCapacity = patchCapacity
    memory = PassMemory(configuration, on: compute, patchCapacity: patchCapacity)
  }
}
