package dev.respite.spring.boot;

/**
 * A library that retries by itself, whose retries are switched off here.
 *
 * @param name its name in {@link RetryingClient}
 */
record ControlledClient(String name) {}
