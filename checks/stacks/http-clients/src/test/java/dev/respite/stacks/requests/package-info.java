/** The requests that reach a server during one call of each HTTP client. */
package dev.respite.stacks.requests;
