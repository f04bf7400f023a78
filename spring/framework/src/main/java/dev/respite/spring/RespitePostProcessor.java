package dev.respite.spring;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.Retry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.function.SingletonSupplier;

/**
 * Makes proxies of beans with retried methods, and checks these methods.
 *
 * <p>It is not {@code Ordered}, so it is applied after all post-processors that are, and finds the proxies that they have
 * made. Its advisor is put in front of all others, {@code @Async} excepted.
 */
final class RespitePostProcessor
        implements BeanPostProcessor,
                BeanFactoryAware,
                BeanClassLoaderAware,
                SmartInitializingSingleton,
                BeanRegistrationAotProcessor {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final RetriedMethodCache methods = new RetriedMethodCache();
    private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();
    private final SingletonSupplier<Retries> retries = SingletonSupplier.of(this::findRetries);
    private final SingletonSupplier<TransactionGuard> guard = SingletonSupplier.of(this::createGuard);
    /** Advises all methods of a bean that has retried ones. The advice selects the retried ones. */
    private final Advisor advisor =
            new DefaultPointcutAdvisor(new RespiteAdvice(methods, retries::obtain, guard::obtain));

    private final RespiteProxies proxies = new RespiteProxies(advisor);
    private @Nullable BeanFactory beanFactory;

    @Override
    public void setBeanFactory(BeanFactory factory) {
        this.beanFactory = factory;
        proxies.setBeanFactory(factory);
    }

    @Override
    public void setBeanClassLoader(ClassLoader loader) {
        proxies.setBeanClassLoader(loader);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        TransactionGuard.observe(bean);
        if (bean instanceof AopInfrastructureBean) {
            return bean;
        }
        RetriedMethods type = methods.of(AopUtils.getTargetClass(bean));
        if (type.isEmpty()) {
            return bean;
        }
        check(type);
        Object proxy = advised(bean, beanName);
        if (proxy instanceof Advised advised) {
            type.assertReachedBy(advised);
        }
        return proxy;
    }

    private Object advised(Object bean, String beanName) {
        if (bean instanceof Advised advised && !advised.isFrozen()) {
            advised.addAdvisor(position(advised.getAdvisors()), advisor);
            return bean;
        }
        return proxies.postProcessAfterInitialization(bean, beanName);
    }

    /** The first position, or the one after {@code @Async}: in front of that, a call would seem to succeed at once. */
    private static int position(Advisor[] advisors) {
        int position = 0;
        for (int i = 0; i < advisors.length; i++) {
            if (advisors[i].getAdvice() instanceof AsyncExecutionInterceptor) {
                position = i + 1;
            }
        }
        return position;
    }

    private void check(RetriedMethods type) {
        if (checked.contains(type.type())) {
            return;
        }
        for (RetriedMethod method : type.methods().values()) {
            try {
                warnOfAttemptTimeout(method, retries.obtain().get(method.retry()));
            } catch (IllegalArgumentException unknown) {
                throw new InvalidMethodException(
                        "@Respite of " + method.name() + ": " + unknown.getMessage()
                                + ": correct the name, or add a retry that has it",
                        unknown);
            }
        }
        checked.add(type.type());
    }

    private static void warnOfAttemptTimeout(RetriedMethod method, Retry retry) {
        if (method.kind() == CallKind.BLOCKING
                && !method.annotation().interrupt()
                && retry.policy().limits().attemptTimeout().isPresent()) {
            LOGGER.log(
                    WARNING,
                    () -> "the attempt-timeout of '" + method.retry() + "' has no effect on " + method.name()
                            + ", which returns when it is done: set the timeout in the client that it calls, or"
                            + " @Respite(interrupt = true) if it ends when its thread is interrupted");
        }
    }

    private Retries findRetries() {
        try {
            return factory().getBean(Retries.class);
        } catch (NoSuchBeanDefinitionException missing) {
            throw new InvalidMethodException(
                    "@Respite needs one bean of the type " + Retries.class.getName()
                            + ", which has the retries by their names: declare a bean method that returns Retries.of(…)",
                    missing);
        }
    }

    private TransactionGuard createGuard() {
        return TransactionGuard.create(
                factory().getBeanProvider(InsideTransaction.class).getIfAvailable(() -> InsideTransaction.WARN),
                factory());
    }

    private BeanFactory factory() {
        if (beanFactory == null) {
            throw new IllegalStateException("not a bean of an application context: use @EnableRespite");
        }
        return beanFactory;
    }

    /** Reports beans that were created before this post-processor, or without it. */
    @Override
    public void afterSingletonsInstantiated() {
        if (!(beanFactory instanceof ConfigurableListableBeanFactory listable)) {
            return;
        }
        for (String name : List.of(listable.getSingletonNames())) {
            @Nullable Object bean = listable.getSingleton(name);
            if (bean == null || bean instanceof AopInfrastructureBean || isAdvised(bean)) {
                continue;
            }
            if (!methods.of(AopProxyUtils.ultimateTargetClass(bean)).isEmpty()) {
                LOGGER.log(
                        WARNING,
                        () -> "the bean '" + name + "' of "
                                + AopProxyUtils.ultimateTargetClass(bean).getName()
                                + " has methods with @Respite, but was created without a proxy, so they are not retried:"
                                + " do not let a BeanPostProcessor or BeanFactoryPostProcessor depend on it, and let"
                                + " Spring create it");
            }
        }
    }

    /** Runs when an application is processed ahead of time: adds the hints of the methods that are called by reflection. */
    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        RetriedMethods type = methods.of(bean.getBeanClass());
        return type.isEmpty()
                ? null
                : (generation, code) -> type.methods().values().forEach(method -> {
                    ReflectionHints hints = generation.getRuntimeHints().reflection();
                    hints.registerMethod(method.method(), ExecutableMode.INVOKE);
                    method.fallbacks()
                            .forEach(fallback -> hints.registerMethod(fallback.method(), ExecutableMode.INVOKE));
                });
    }

    /** The processed application needs this bean, too. */
    @Override
    public boolean isBeanExcludedFromAotProcessing() {
        return false;
    }

    private boolean isAdvised(Object bean) {
        if (!(bean instanceof Advised advised)) {
            return false;
        }
        for (Advisor each : advised.getAdvisors()) {
            if (each == advisor) {
                return true;
            }
        }
        return false;
    }
}
