package dev.respite.spring.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Starts a real application with a YAML file and environment variables of its own. */
final class TestApplication {

    private TestApplication() {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Empty {}

    static ConfigurableApplicationContext start(Path folder, String yaml, Class<?>... sources) {
        return start(folder, yaml, Map.of(), WebApplicationType.NONE, sources);
    }

    static ConfigurableApplicationContext start(
            Path folder, String yaml, Map<String, Object> variables, WebApplicationType type, Class<?>... sources) {
        SpringApplication application =
                new SpringApplication(sources.length == 0 ? new Class<?>[] {Empty.class} : sources);
        application.setWebApplicationType(type);
        StandardEnvironment environment = type == WebApplicationType.SERVLET
                ? new org.springframework.web.context.support.StandardServletEnvironment()
                : new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        RandomValuePropertySource.addToEnvironment(environment);
        application.setEnvironment(environment);
        return application.run(
                "--spring.config.location=" + write(folder, yaml).toUri(),
                "--spring.main.banner-mode=off",
                "--server.port=0");
    }

    private static Path write(Path folder, String yaml) {
        try {
            return Files.writeString(folder.resolve("application.yaml"), yaml);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
