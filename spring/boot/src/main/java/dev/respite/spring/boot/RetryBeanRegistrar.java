package dev.respite.spring.boot;

import dev.respite.Retry;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Defines a bean of the type {@link Retry} for each policy, whose qualifier is the name of the policy. Only the names are read:
 * an application that is processed ahead of time is given the values when it starts.
 */
final class RetryBeanRegistrar implements ImportBeanDefinitionRegistrar {

    private static final String CREATOR = "respitePolicyRetries";

    private final Environment environment;

    RetryBeanRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Set<String> names = names();
        RootBeanDefinition creator = new RootBeanDefinition(PolicyRetries.class);
        creator.getConstructorArgumentValues().addIndexedArgumentValue(0, names.toArray(String[]::new));
        // Wrong properties are reported at start, in an application with lazy beans too.
        creator.setLazyInit(false);
        registry.registerBeanDefinition(CREATOR, creator);
        names.forEach(name -> define(name, registry));
    }

    /** Reads the names without resolving placeholders in the values, which may be unknown ahead of time. */
    private Set<String> names() {
        return new TreeSet<>(new Binder(ConfigurationPropertySources.get(environment))
                .bind(RespiteProperties.PREFIX + ".policies", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet());
    }

    /** Spring cannot generate code for a supplier, so the bean is the result of a method with the name as argument. */
    private static void define(String name, BeanDefinitionRegistry registry) {
        String beanName = name + "Retry";
        if (registry.containsBeanDefinition(beanName)) {
            return;
        }
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setTargetType(Retry.class);
        definition.setFactoryBeanName(CREATOR);
        definition.setFactoryMethodName("create");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definition.setResourceDescription("respite.policies." + name);
        registry.registerBeanDefinition(beanName, definition);
    }
}
