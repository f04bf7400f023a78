package dev.respite.spring.boot.idempotency;

import static dev.respite.spring.boot.idempotency.AnnotatedMethods.require;
import static java.lang.System.Logger.Level.WARNING;

import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodClassKey;
import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * Advises the methods with a key, and checks them when the application starts. {@code @Transactional} is within. Around it are
 * the rules of Spring Security, which are evaluated before replays, and {@code @Respite}, whose attempts are executions.
 */
@SuppressWarnings("serial")
final class IdempotentMethods extends StaticMethodMatcherPointcutAdvisor implements SmartInitializingSingleton {

    static final String UNMAPPED =
            "no request is mapped to this method, and its calls have no key: annotate the method of the"
                    + " controller, or name the key of a call, for example key = \"#order.id\"";

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    /** Results that end after the method has returned, or are read once. */
    private static final List<Class<?>> LATER =
            List.of(CompletionStage.class, Future.class, BaseStream.class, Iterator.class, InputStream.class);

    private final ConfigurableListableBeanFactory beans;
    private final Map<MethodClassKey, IdempotentMethod> methods = new ConcurrentHashMap<>();

    IdempotentMethods(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        setAdvice((MethodInterceptor) this::invoke);
        setOrder(Ordered.LOWEST_PRECEDENCE - 1);
    }

    @Override
    public boolean matches(Method method, Class<?> type) {
        return AnnotatedMethods.hasKey(AopUtils.getMostSpecificMethod(method, type));
    }

    private @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Class<?> type = AopUtils.getTargetClass(Objects.requireNonNull(invocation.getThis()));
        Method method = AopUtils.getMostSpecificMethod(invocation.getMethod(), type);
        return method(method, type).invoke((ProxyMethodInvocation) invocation);
    }

    /** Not computed in the map: the beans that a method needs may call others while they are made. */
    private IdempotentMethod method(Method method, Class<?> type) {
        MethodClassKey key = new MethodClassKey(method, type);
        @Nullable IdempotentMethod found = methods.get(key);
        if (found == null) {
            found = IdempotentMethod.of(method, ClassUtils.getUserClass(type), beans);
            methods.put(key, found);
        }
        return found;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<String> problems = new ArrayList<>();
        for (String name : beans.getBeanNamesForType(Object.class, true, false)) {
            @Nullable Class<?> type = AutoProxyUtils.determineTargetClass(beans, name);
            if (type != null) {
                Map<Method, Idempotent> found = AnnotatedMethods.in(type);
                found.forEach((method, annotation) -> {
                    try {
                        check(method, annotation, found.keySet());
                        if (!annotation.key().isEmpty() && isAdvised(name, method, type)) {
                            IdempotentMethod unused = method(method, type);
                        }
                    } catch (RuntimeException invalid) {
                        problems.add(method + ": " + invalid.getMessage());
                    }
                });
            }
        }
        AnnotatedMethods.reject(problems);
    }

    private void check(Method method, Idempotent annotation, Set<Method> all) {
        Class<?> result = method.getReturnType();
        boolean isHandler = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
                .isPresent("org.springframework.web.bind.annotation.RequestMapping");
        if (annotation.key().isEmpty()) {
            require(isHandler || beans.containsBean("respiteIdempotentEndpoints"), UNMAPPED);
            return;
        }
        require(
                !isHandler,
                "a request has its key in a header: remove 'key', or use it at a method that this one calls");
        require(
                (method.getModifiers() & (Modifier.FINAL | Modifier.STATIC | Modifier.PRIVATE)) == 0,
                "a proxy does not get the calls of a final, static or private method: remove the modifier");
        require(
                all.stream()
                        .noneMatch(
                                each -> !each.equals(method) && each.getName().equals(method.getName())),
                "another method of this name would have the same records: rename one of them");
        require(
                !annotation.sharedScope() && (annotation.scope() + annotation.replayAuthorizer()).isEmpty(),
                "scope, sharedScope and replayAuthorizer are for requests: remove them, and put the owner into the key, for"
                        + " example \"#tenant + '/' + #order.id\"");
        require(
                !KotlinDetector.isSuspendingFunction(method)
                        && ReactiveAdapterRegistry.getSharedInstance().getAdapter(result) == null
                        && LATER.stream().noneMatch(later -> later.isAssignableFrom(result)),
                "its result ends after the method has returned, and the transaction before: return a value, such as a List");
    }

    /** Returns false for a bean without its proxy, which may be a mock. It is reported. */
    private boolean isAdvised(String name, Method method, Class<?> type) {
        @Nullable Object bean = beans.isFactoryBean(name) ? null : beans.getSingleton(name);
        if (bean == null || bean instanceof AopInfrastructureBean) {
            return true;
        }
        boolean isAdvised = bean instanceof Advised proxy
                && Arrays.asList(proxy.getAdvisors()).contains(this);
        if (!isAdvised) {
            String text =
                    "the bean '" + name + "' was created without a proxy, so @Idempotent has no effect on " + method;
            LOGGER.log(WARNING, text + ": let Spring create it, and no BeanPostProcessor depend on it");
        }
        require(
                !isAdvised
                        || AopUtils.isCglibProxy(bean)
                        || Stream.of(bean.getClass().getMethods())
                                .anyMatch(each -> AopUtils.getMostSpecificMethod(each, type)
                                        .equals(method)),
                "it is in no interface, and the proxy is of interfaces: declare it in one, or use proxies of classes");
        return isAdvised;
    }
}
