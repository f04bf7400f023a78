package dev.respite.spring.boot.test;

import dev.respite.time.VirtualTime;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Import;

/**
 * Runs the application under test on a {@link VirtualTime}, which the test injects: delays of retries take no time. It replaces
 * all beans of the type {@code TimeSource}, and beans of the type {@code Retry} use it, whatever time they were made with.
 *
 * <p>For test classes of Spring Boot. A virtual time belongs to one thread, as MockMvc does: requests to a server, durable calls
 * and scheduled tasks run on others, and need the time of the system. Purges of expired records keep it. Delays that begin on
 * other threads, as those of a {@code WebClient} do, pass at once. A delay that begins on the thread of the test passes after
 * three seconds if the test is blocked and lets no time pass.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Import(VirtualTimeConfiguration.class)
public @interface WithVirtualTime {}
