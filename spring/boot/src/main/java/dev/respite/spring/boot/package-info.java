/**
 * Configures Respite in Spring Boot: retries by name from {@code respite.*} properties, HTTP clients, {@link
 * dev.respite.spring.Respite} methods, meters, and the endpoint {@code /actuator/respite}.
 *
 * <p>Start with {@link dev.respite.spring.boot.RespiteAutoConfiguration}.
 *
 * @since 0.1
 */
@NullMarked
package dev.respite.spring.boot;

import org.jspecify.annotations.NullMarked;
