/** Annotated methods of Resilience4j and Spring Retry, and the same methods with {@code @Respite}. */
package dev.respite.stacks.migration;
