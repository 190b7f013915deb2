internal import CKernels

/// The number of CPU cores that this process may use.
package enum ProcessorCount {
  /// The minimum of the physical cores that the scheduler allows (logical processors if the system does not tell the
  /// cores) and the container's CPU quota; at least 1.
  package static func available() -> Int {
    let scheduled = Int(ckernels_scheduled_cpu_count())
    let cores = min(scheduled, ProcessorCores.countAllowed() ?? scheduled)
    guard let quota = ProcessorQuota.ofThisProcess() else { return cores }
    return min(cores, quota.processorCount)
  }
}
