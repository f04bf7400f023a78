package consumer;

import dev.respite.idempotency.Scope;
import dev.respite.spring.boot.idempotency.IdempotencyScope;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Prints: the tenant is acme: true */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Main {

    // snippet docs/spring-boot-idempotency.md
    @Bean
    IdempotencyScope tenant() {
        return request -> Optional.ofNullable(request.getHeader("Tenant")).map(Scope::of);
    }
    // end

    static void main(String[] args) {
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                Main.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> "acme");
        try (var context = SpringApplication.run(Main.class, "--spring.main.banner-mode=off")) {
            Optional<Scope> scope = context.getBean(IdempotencyScope.class).scopeOf(request);
            System.out.println("the tenant is acme: " + scope.equals(Optional.of(Scope.of("acme"))));
        }
    }
}
