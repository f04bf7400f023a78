/**
 * Refuses retries before first attempts while the server is congested: filter, queue time and meters of
 * {@code respite.admission.*} in Spring Boot on Tomcat or Jetty.
 *
 * <p>Start with {@code respite.admission.enabled} and {@link dev.respite.admission.RetryAdmissionFilter}.
 */
@NullMarked
package dev.respite.spring.boot.admission;

import org.jspecify.annotations.NullMarked;
