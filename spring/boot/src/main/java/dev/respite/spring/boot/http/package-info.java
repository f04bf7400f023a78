/**
 * The retries of the HTTP clients of Spring Boot: RestClient, RestTemplate, WebClient and HTTP service groups.
 *
 * <p>Start with {@link dev.respite.spring.boot.http.RespiteHttpAutoConfiguration}.
 */
@NullMarked
package dev.respite.spring.boot.http;

import org.jspecify.annotations.NullMarked;
