// Jest's Node environment for Stryker: it stops a file after its first failed test, since one is enough to kill a
// mutant. Jest can stop after a file only (`bail`), and here all tests are in one.
const { TestEnvironment } = require('jest-environment-node');

module.exports = class FirstFailure extends TestEnvironment {
  #failed = false;

  handleTestEvent(event) {
    if (event.name === 'test_done') this.#failed ||= event.test.errors.length > 0;
    if (event.name === 'test_start' && this.#failed) event.test.mode = 'skip';
  }
};
