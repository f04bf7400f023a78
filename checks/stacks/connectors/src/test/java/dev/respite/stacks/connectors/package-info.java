/** Requests of RestClient and WebClient over each HTTP client that Spring Boot supports. */
package dev.respite.stacks.connectors;
