package dev.respite.stacks.idempotency.boot;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.NoOpPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Spring Security with rules of methods, and with users. Some belong to two tenants, and one is an administrator. */
@Configuration(proxyBeanMethods = false)
@EnableMethodSecurity(securedEnabled = true, jsr250Enabled = true)
class Members {

    static final String ADMIN = "alice@acme";
    static final String COLLEAGUE = "bob@acme";
    static final String STRANGER = "carol@other";

    @Bean
    SecurityFilterChain security(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .httpBasic(Customizer.withDefaults())
                .csrf(csrf -> csrf.disable())
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
                User.withUsername("bob").password("secret").build(),
                User.withUsername(ADMIN).password("secret").roles("ADMIN").build(),
                User.withUsername(COLLEAGUE).password("secret").roles("USER").build(),
                User.withUsername(STRANGER).password("secret").roles("USER").build());
    }
}
