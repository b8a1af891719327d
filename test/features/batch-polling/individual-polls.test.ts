import { describe, expect, it } from '@jest/globals';
import { IndividualPolls } from '../../../src/features/batch-polling/individual-polls.ts';
import { deliveryNamed } from '../../support/delivery-record.ts';

describe('deliveries that are polled by themselves', () => {
  it('are found by another one of their channel and bearer', () => {
    const polls = new IndividualPolls();
    const [one, two] = [deliveryNamed('m1'), deliveryNamed('m2')];
    expect(polls.add(one)).toEqual([]);
    expect(polls.add(two)).toEqual([one]);
    expect(polls.add(one)).toEqual([two]);
    expect(polls.add(deliveryNamed('m3', 'arn:somebody'))).toEqual([]);
  });

  it('are forgotten once they are settled', () => {
    const polls = new IndividualPolls();
    const one = deliveryNamed('m1');
    polls.add(one);
    one.record = { ...one.record, status: 'SENT' };
    expect(polls.add(deliveryNamed('m2'))).toEqual([]);
  });

  it('are remembered in a limited number, those that were polled last', () => {
    const polls = new IndividualPolls();
    const all = Array.from({ length: 30 }, (_, i) => deliveryNamed(`m${i}`));
    for (const each of all) polls.add(each);
    expect(polls.add(deliveryNamed('last'))).toEqual(all.slice(-20));
  });
});
