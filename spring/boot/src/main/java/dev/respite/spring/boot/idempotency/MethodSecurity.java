package dev.respite.spring.boot.idempotency;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authorization.method.AuthorizationAdvisor;
import org.springframework.security.util.SimpleMethodInvocation;
import org.springframework.web.method.HandlerMethod;

/**
 * The rules of Spring Security on a controller method and its class. A replay does not invoke the method, so they are evaluated
 * before it, by the interceptors of Spring Security. This is impossible for rules that read an argument or the result.
 */
final class MethodSecurity {

    /** A variable, or a placeholder that a template may replace by one. */
    private static final Pattern READS_ARGUMENTS = Pattern.compile("[#{]");

    /** The package of the deprecated advisors too, of {@code @EnableGlobalMethodSecurity}. */
    private static final String SPRING_SECURITY = "org.springframework.security.";

    private static final String PRE_AUTHORIZE = "preAuthorizeAuthorizationMethodInterceptor";

    /** The interceptors of {@code @Secured}, and of {@code @RolesAllowed} and its siblings. */
    private static final Set<String> ROLES =
            Set.of("securedAuthorizationMethodInterceptor", "jsr250AuthorizationMethodInterceptor");

    private final HandlerMethod handler;
    private final Class<?> type;
    private final Method method;
    private final List<AuthorizationAdvisor> rules = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    private MethodSecurity(HandlerMethod handler, Class<?> type) {
        this.handler = handler;
        this.type = type;
        this.method = AopUtils.getMostSpecificMethod(handler.getMethod(), type);
    }

    /** Returns the rules of a method. There are none unless method security is enabled. */
    static MethodSecurity of(ConfigurableListableBeanFactory beans, HandlerMethod handler) {
        MethodSecurity security = new MethodSecurity(handler, type(beans, handler));
        Map<String, PointcutAdvisor> all = new TreeMap<>(
                BeanFactoryUtils.beansOfTypeIncludingAncestors(beans, PointcutAdvisor.class, true, false));
        all.values().removeIf(advisor -> !isRule(advisor));
        all.forEach(security::add);
        return security;
    }

    /** The wrappers of present interceptors are no rules of their own. */
    private static boolean isRule(PointcutAdvisor advisor) {
        return advisor instanceof AuthorizationAdvisor
                || (advisor.getClass().getName().startsWith(SPRING_SECURITY)
                        && !(advisor.getAdvice() instanceof AuthorizationAdvisor));
    }

    /** The class of the controller. Its bean may be a proxy of its interfaces. */
    private static Class<?> type(ConfigurableListableBeanFactory beans, HandlerMethod handler) {
        @Nullable
        Class<?> type = handler.getBean() instanceof String name
                ? AutoProxyUtils.determineTargetClass(beans, name)
                : AopUtils.getTargetClass(handler.getBean());
        return type == null ? handler.getBeanType() : type;
    }

    private void add(String name, PointcutAdvisor advisor) {
        Pointcut pointcut = advisor.getPointcut();
        if (!pointcut.getClassFilter().matches(type)
                || !pointcut.getMethodMatcher().matches(method, type)) {
            return;
        }
        if (advisor instanceof AuthorizationAdvisor rule
                && (ROLES.contains(name) || (name.equals(PRE_AUTHORIZE) && !readsArguments()))) {
            rules.add(rule);
        } else {
            unreadable.add(name);
        }
    }

    private boolean readsArguments() {
        @Nullable PreAuthorize rule = AnnotatedElementUtils.findMergedAnnotation(method, PreAuthorize.class);
        if (rule == null) {
            rule = AnnotatedElementUtils.findMergedAnnotation(type, PreAuthorize.class);
        }
        return rule == null || READS_ARGUMENTS.matcher(rule.value()).find();
    }

    /**
     * Checks that all rules can be evaluated before a replay.
     *
     * @throws IllegalStateException if one cannot
     */
    void requireReadable() {
        if (!unreadable.isEmpty()) {
            throw new IllegalStateException("a rule of Spring Security (" + String.join(", ", unreadable)
                    + ") reads an argument or the result, or is not"
                    + " enabled by @EnableMethodSecurity, so it cannot be evaluated before a replay, and other callers"
                    + " share the keys: use a scope with the principal, a rule without '#' and '{' of"
                    + " @EnableMethodSecurity, or name a bean as replayAuthorizer");
        }
    }

    /** Returns whether the caller, whose request this thread handles, may invoke the method by all rules that can be evaluated. */
    boolean isGranted() {
        return rules.stream().allMatch(this::isGranted);
    }

    private boolean isGranted(AuthorizationAdvisor rule) {
        Probe probe = new Probe(target(), method);
        try {
            Object unused = rule.invoke(probe);
        } catch (AccessDeniedException denied) {
            return false;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable checked) {
            throw new IllegalStateException("the rule of " + method + " could not be evaluated", checked);
        }
        // A handler of denials may return another result instead of an exception.
        return probe.isInvoked;
    }

    /** Rules are found by the class of the controller, not of its proxy. */
    private Object target() {
        Object bean = handler.createWithResolvedBean().getBean();
        @Nullable Object target = AopProxyUtils.getSingletonTarget(bean);
        return target == null ? bean : target;
    }

    /** An invocation that only records that it was allowed. */
    private static final class Probe extends SimpleMethodInvocation {

        private boolean isInvoked;

        Probe(Object target, Method method) {
            super(target, method);
        }

        @Override
        public Object proceed() {
            isInvoked = true;
            return true;
        }
    }
}
