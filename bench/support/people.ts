/** The users and channels of the scenes. */
import { region } from './local-service.ts';

const app = `arn:aws:chime:${region}:111122223333:app-instance/bench`;

export function userArn(name: string): string {
  return `${app}/user/${name}`;
}

export function channelArn(name: string): string {
  return `${app}/channel/${name}`;
}

export const alice: string = userArn('alice');
