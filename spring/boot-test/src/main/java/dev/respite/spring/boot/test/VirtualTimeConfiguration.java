package dev.respite.spring.boot.test;

import dev.respite.Retry;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** The virtual time of an application under test, in place of any other. */
@Configuration(proxyBeanMethods = false)
final class VirtualTimeConfiguration {

    private static final String VIRTUAL = "respiteVirtualTime";
    private static final String NAME = "respiteApplicationTime";

    @Bean(VIRTUAL)
    VirtualTime respiteVirtualTime() {
        return new VirtualTime();
    }

    @Bean(NAME)
    @Primary
    TimeSource respiteApplicationTime(VirtualTime time) {
        return new ApplicationTime(time);
    }

    /** Runs after the application and its auto-configurations have defined all beans. */
    @Bean
    static BeanDefinitionRegistryPostProcessor respiteTimeSources() {
        return new TimeSources();
    }

    /** A retry that the application has made by itself may have the time of the system. */
    @Bean
    static BeanPostProcessor respiteRetriesInVirtualTime(ObjectProvider<TimeSource> time) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof Retry retry ? retry.withTime(time.getObject()) : bean;
            }
        };
    }

    /** Replaces the definitions by other names of the application's time. */
    private static final class TimeSources implements BeanDefinitionRegistryPostProcessor {

        @Override
        public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
            String[] names =
                    ((ConfigurableListableBeanFactory) registry).getBeanNamesForType(TimeSource.class, true, false);
            for (String name : names) {
                if (!name.equals(NAME) && !name.equals(VIRTUAL)) {
                    registry.removeBeanDefinition(name);
                    registry.registerAlias(NAME, name);
                }
            }
        }
    }
}
