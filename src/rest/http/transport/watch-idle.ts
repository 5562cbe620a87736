import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Has an agent close an idle connection on which something comes: nobody asked for it, and Node
 * would take it for the response to the next request there (RFC 9112 §9.2).
 */
export function watchIdle<A extends Agent>(agent: A): A {
  const above = Object.getPrototypeOf(agent) as Agent;
  agent.keepSocketAlive = (socket) => {
    socket.on('data', close);
    return above.keepSocketAlive.call(agent, socket);
  };
  agent.reuseSocket = (socket, request) => {
    socket.off('data', close);
    above.reuseSocket.call(agent, socket, request);
  };
  return agent;
}

function close(this: Duplex): void {
  this.destroy();
}
