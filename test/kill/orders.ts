/** The arguments of the program that is killed, as JSON on its command line. */
export interface Orders {
  readonly url: string;
  readonly region: string;
  readonly chimeBearer: string;
  readonly ChannelArn: string;
  /** The directory of its store. */
  readonly base: string;
}
