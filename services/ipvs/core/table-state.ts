/** What is known of the IPVS table. */
import type { KernelService } from '../ports.ts'

export interface Table {
  /**
   * none: nothing may be written yet; provisional: the log did not come in time, so only missing services are added;
   * settled: the log has been read, the kernel follows it.
   */
  knowledge: 'none' | 'provisional' | 'settled'
  /** Our services as the kernel has them, by name; null before the first dump. */
  kernel: Readonly<Record<string, KernelService>> | null
  /** Grows with every write: a dump that began before one is outdated. */
  version: number
  /** Services we wrote at any time, by name. */
  owned: readonly string[]
  /** The failed check of each dead server, by `virtual server|real server`. */
  down: Readonly<Record<string, string>>
}
