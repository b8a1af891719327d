// jest loads this file itself, without its transform: the TypeScript behind it goes through tsx.
import { tsImport } from 'tsx/esm/api';

export default async function tearDown() {
  const { cleanUpRun } = await tsImport('./run.ts', import.meta.url);
  await cleanUpRun();
}
