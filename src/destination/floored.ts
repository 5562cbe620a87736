/**
 * A moment in larger units, cut to the past: also before 1970 it is in the millisecond that it
 * began. `units`: how many of its own make a larger one.
 */
export function floored(moment: bigint, units: bigint): bigint {
  const part = moment % units;
  return (moment - (part < 0n ? part + units : part)) / units;
}
