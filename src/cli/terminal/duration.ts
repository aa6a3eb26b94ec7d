// Durations as people say them.

/** `8 s`, `1 min 52 s`, `1 h 3 min`; below a second `under 1 s`. */
export function formatDuration(durationNs: number): string {
  const seconds = Math.round(durationNs / 1e9);
  if (seconds < 1) return "under 1 s";
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  }
  return minutes % 60 === 0
    ? `${minutes / 60} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
