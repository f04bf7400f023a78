package dev.respite.stacks.idempotency;

import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.jdbc.TransactionRunner;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.NoOpPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** A shop as its owner would write it: Spring Security before the filter, and Spring's transactions behind it. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableMethodSecurity
@Import({Handlers.class, BadHandlers.class, Advice.class, Gate.class})
class Application {

    @Bean
    ConfigurableServletWebServerFactory server(@Value("${shop.container}") Stack.Container container) {
        return container == Stack.Container.TOMCAT
                ? new TomcatServletWebServerFactory()
                : new JettyServletWebServerFactory();
    }

    /** As docs/safe-post.md has it. */
    record SpringTransactions(TransactionTemplate template, DataSource dataSource) implements TransactionRunner {

        @Override
        public boolean runInTransaction(Predicate<Connection> body) {
            return template.execute(status -> {
                boolean commit = body.test(DataSourceUtils.getConnection(dataSource)) && !status.isRollbackOnly();
                if (!commit) {
                    status.setRollbackOnly();
                }
                return commit;
            });
        }

        @Override
        public boolean isInTransaction() {
            return TransactionSynchronizationManager.isActualTransactionActive();
        }
    }

    @Bean
    @DependsOnDatabaseInitialization
    HttpGuard<?> guard(
            @Value("${shop.mode}") Stack.Mode mode, DataSource database, PlatformTransactionManager transactions) {
        return mode.isTransactional()
                ? HttpGuard.of(TransactionalIdempotency.of(database)
                        .withTransactions(new SpringTransactions(new TransactionTemplate(transactions), database)))
                : HttpGuard.of(ExternalIdempotency.of(InMemoryIdempotencyStore.create())
                        .withNoEffectExceptions(failure -> failure instanceof AccessDeniedException));
    }

    @Bean
    FilterRegistrationBean<IdempotencyFilter> filter(HttpGuard<?> guard) {
        return new FilterRegistrationBean<>(
                IdempotencyFilter.of(guard.withBodyLimit(5_000).withUnquotedKeys()));
    }

    @Bean
    @ConditionalOnProperty("shop.check")
    SmartInitializingSingleton handlersAreSynchronous(RequestMappingHandlerMapping mapping) {
        return () -> IdempotencyFilter.requireSynchronous(mapping.getHandlerMethods().entrySet().stream()
                .filter(handler ->
                        handler.getKey().getMethodsCondition().getMethods().contains(RequestMethod.POST))
                .map(handler -> handler.getValue().getMethod())
                .toList());
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/error")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .httpBasic(Customizer.withDefaults())
                .csrf(csrf -> csrf.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse())
                        .csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler())
                        .requireCsrfProtectionMatcher(
                                request -> request.getRequestURI().startsWith("/forms/")))
                .build();
    }

    /** Any other encoder computes a hash for each request, since the users of tests have no session. */
    @Bean
    @SuppressWarnings("deprecation") // it is for tests
    PasswordEncoder passwordEncoder() {
        return NoOpPasswordEncoder.getInstance();
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(
                User.withUsername("alice").password("secret").build(),
                User.withUsername("bob").password("secret").build());
    }

    @Bean
    @DependsOnDatabaseInitialization
    Entries entries(JdbcTemplate jdbc, ObjectProvider<EntityManagerFactory> entities) {
        EntityManagerFactory hibernate = entities.getIfAvailable();
        if (hibernate != null) {
            EntityManager shared = SharedEntityManagerCreator.createSharedEntityManager(hibernate);
            return item -> {
                Entry entry = new Entry(item);
                shared.persist(entry);
                return entry.number();
            };
        }
        return item -> {
            Long number = jdbc.queryForObject("SELECT NEXT VALUE FOR entry_seq", Long.class);
            jdbc.update("INSERT INTO entry (number, item) VALUES (?, ?)", number, item);
            return number;
        };
    }
}
