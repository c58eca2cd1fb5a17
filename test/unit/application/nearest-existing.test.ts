import { describe, expect, it } from 'vitest';
import { nearestExisting } from '../../../src-main/nearest-existing.ts';

const only =
  (...paths: readonly string[]) =>
  (path: string) =>
    paths.includes(path);

describe('the nearest existing place', () => {
  it('is the file itself where it is there', () => {
    expect(nearestExisting('/data/a/b', only('/data', '/data/a/b'))).toBe('/data/a/b');
  });

  it('is the closest folder above what is not there', () => {
    expect(nearestExisting('/data/a/b', only('/data'))).toBe('/data');
  });

  it('ends at the root where nothing is there', () => {
    expect(nearestExisting('/data/a', only())).toBe('/');
  });
});
