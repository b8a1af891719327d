import { runWorld } from './world.ts';
const seed0 = Number(process.argv[2] ?? 1),
  n = Number(process.argv[3] ?? 1),
  tr = process.argv[4] === 'trace';
const t0 = performance.now();
let m = 0;
let bad = 0;
const ends = new Map<string, number>();
for (let s = seed0; s < seed0 + n; s++) {
  const r = await runWorld(s, tr ? (l) => console.log(l) : undefined);
  m += r.messages;
  for (const [k, v] of r.endings) ends.set(k, (ends.get(k) ?? 0) + v);
  if (r.broken.length) {
    bad++;
    if (bad < 30) console.log(s, r.broken.length, r.broken[0]);
  }
}
const dt = (performance.now() - t0) / 1000;
console.log({ n, m, bad, perS: Math.round(m / dt), dt }, ends);
