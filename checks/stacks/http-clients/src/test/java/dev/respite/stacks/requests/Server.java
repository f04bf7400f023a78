package dev.respite.stacks.requests;

import java.net.URI;

/**
 * The server of a client.
 *
 * @param uri where it is
 * @param timeoutMillis the time in which a response has to begin
 */
record Server(URI uri, int timeoutMillis) {}
