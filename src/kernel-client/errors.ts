import { IparallelError } from '../base/mod.ts'

/** The kernel is gone, or was restarted, before it answered. */
export class KernelGoneError extends IparallelError {
  override readonly code = 'IPAR_KERNEL_GONE'
  override readonly retry = 'later'
}

/** The kernel did not answer in the time that it had. */
export class KernelTimeoutError extends IparallelError {
  override readonly code = 'IPAR_KERNEL_TIMEOUT'
  override readonly retry = 'later'
}
