/**
 * yargs looks for a package.json from the working directory upwards, reading each directory, to guess a version that is
 * not asked for.
 */
export default function findNothing(): undefined {
  return undefined;
}
