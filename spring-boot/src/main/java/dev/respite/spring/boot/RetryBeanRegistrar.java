package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
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

    private final Environment environment;
    private final BeanFactory beans;

    RetryBeanRegistrar(Environment environment, BeanFactory beans) {
        this.environment = environment;
        this.beans = beans;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Policies.of(properties()).forEach((name, policy) -> define(name, policy, registry));
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
        RootBeanDefinition definition = new RootBeanDefinition(
                Retry.class, () -> beans.getBean(RetryBeanFactory.class).create(name, policy));
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definition.setResourceDescription("respite.policies." + name);
        registry.registerBeanDefinition(beanName, definition);
    }
}
