import { describe, expect, it } from '@jest/globals';
import { countsOf, newOnes, proseOf, scan } from './scan.ts';

const words = (text: string, path = 'src/x.ts'): string[] => scan(path, text).map(({ word }) => word);

describe('the check of names', () => {
  it.each([
    ['const errand = 1;', ['errand']],
    ['onErrand(errands)', ['errand', 'errand']],
    ['class RoadKit {}', ['road']],
    ['createRoad()', ['road']],
    ['export class Ledger {}', ['ledger']],
    ['const LEDGER_SIZE = 1;', ['ledger']],
    ['steadyNow()', ['steadyNow']],
    ['interface Known {}', ['Known']],
    ['// Whoever asks, asks anew.', ['whoever', 'anew']],
    ["log('a look at it');", ['look']],
    ['`polls in vain`', ['in vain']],
  ])('finds the old words in %p', (text, found) => {
    expect(words(text).sort()).toEqual([...found].sort());
  });

  it.each([
    'const broad = abroad + roadmap;',
    'const known = true;',
    'Object.entries(value); interface FileSystemEntry {}',
    'const look = 1;',
    '// It looks like JSON; looking for it.',
    'const theirs = heirloom;',
    'unknown as DeliveryRecord',
    '// Leaves nothing open.',
    "log('Turns it off.');",
  ])('finds nothing in %p', (text) => {
    expect(words(text)).toEqual([]);
  });

  it('reads a Markdown file completely as prose, and in a source only comments and texts', () => {
    expect(words('Whoever looks', 'README.md')).toEqual(['looks', 'whoever']);
    expect(proseOf('src/x.ts', "whoever('whom'); // nobody")).toBe("        'whom'   // nobody");
  });

  it('reports the line of each', () => {
    expect(scan('src/x.ts', 'a;\n\nerrand();').map(({ line }) => line)).toEqual([3]);
  });

  it('lets a file keep its known words, and no more', () => {
    const findings = scan('src/x.ts', 'errand(); errand(); road();');
    expect(countsOf(findings)).toEqual({ errand: 2, road: 1 });
    expect(newOnes(findings, { errand: 1, road: 1 }).map(({ word }) => word)).toEqual(['errand']);
    expect(newOnes(findings, { errand: 2, road: 2 })).toEqual([]);
  });
});
