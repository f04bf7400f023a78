package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/** Defines a bean of the type {@link Retry} for each policy, whose qualifier is the name of the policy. */
final class RetryBeanRegistrar implements ImportBeanDefinitionRegistrar {

    private static final Log LOGGER = LogFactory.getLog(RespiteAutoConfiguration.class);

    private final Environment environment;
    private final BeanFactory beans;

    RetryBeanRegistrar(Environment environment, BeanFactory beans) {
        this.environment = environment;
        this.beans = beans;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        PolicyFactory.of(properties()).forEach((name, policy) -> define(name, policy, registry));
    }

    /** The properties, before there is a bean that has them. */
    private RespiteProperties properties() {
        BindHandler refuseUnknown =
                new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
        return Binder.get(environment)
                .bindOrCreate(RespiteProperties.PREFIX, Bindable.of(RespiteProperties.class), refuseUnknown);
    }

    private void define(String name, RetryPolicy policy, BeanDefinitionRegistry registry) {
        String beanName = name + "Retry";
        if (registry.containsBeanDefinition(beanName)) {
            return;
        }
        RootBeanDefinition definition = new RootBeanDefinition(Retry.class, () -> create(name, policy));
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definition.setResourceDescription("respite.policies." + name);
        registry.registerBeanDefinition(beanName, definition);
    }

    /** Creates a retry, and logs all values of its policy in one line. The engine logs the warnings of the policy. */
    private Retry create(String name, RetryPolicy policy) {
        LOGGER.info("Retry policy '" + name + "': " + policy);
        TimeSource time = beans.getBeanProvider(TimeSource.class).getIfAvailable(TimeSource::system);
        Retry retry = Retry.of(policy, time).withName(name);
        for (RetryCustomizer customizer :
                beans.getBeanProvider(RetryCustomizer.class).orderedStream().toList()) {
            retry = customizer.customize(retry);
        }
        if (!retry.name().equals(name)) {
            throw new IllegalStateException("a RetryCustomizer has renamed the retry '" + name + "' to '" + retry.name()
                    + "'; the name of a retry is that of its policy: leave withName out");
        }
        return retry;
    }
}
