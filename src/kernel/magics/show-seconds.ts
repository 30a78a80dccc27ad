const units = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
] as const

/** `1.5 ms`, `2min 3s`: three digits, in the unit that fits. */
export function showSeconds(seconds: number): string {
  if (seconds >= 60) {
    const whole = Math.round(seconds)
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
    return `${hours > 0 ? `${hours}h ` : ''}${minutes}min ${whole % 60}s`
  }
  if (seconds <= 0) return '0 ns'
  const [size, unit] = units.find(([least]) => seconds >= least) ?? units[3]
  return `${Number((seconds / size).toPrecision(3))} ${unit}`
}
