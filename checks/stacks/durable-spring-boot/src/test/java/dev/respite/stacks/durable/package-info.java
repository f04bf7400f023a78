/** Durable calls in applications of Spring Boot. */
package dev.respite.stacks.durable;
