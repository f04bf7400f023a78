package dev.respite.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Import;

/**
 * Retries the methods that are annotated with {@link Respite}, in all beans of the application context.
 *
 * <pre>{@code
 * @Configuration
 * @EnableRespite
 * class Application {
 *     @Bean
 *     Retries retries() {
 *         return Retries.of(Retry.withDefaults().withName("payments"));
 *     }
 * }
 * }</pre>
 *
 * <p>The context needs a bean of the type {@link Retries}. A bean of the type {@link InsideTransaction} selects the treatment of
 * calls inside an active transaction; without one they are logged.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Import(RespitePostProcessor.class)
public @interface EnableRespite {}
