using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.ApiFrontend.Docs;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>Registers and maps sessions.</summary>
internal static class SessionServices
{
    /// <summary>Registers sessions by cookie, and the identity provider if one is configured.</summary>
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddOptions<SignInOptions>().BindConfiguration(SignInOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SignInOptions>, SignInOptionsValidator>());
        services.AddSingleton<SessionKeys>();
        services.AddSingleton<AdminAuthorizer>();
        services.AddSingleton<SessionEndpoints>();
        services.AddSingleton<OpenIdConnectSignIn>();
        services.AddAuthentication().AddCookie(AdminAuthorizer.Scheme);
        services
            .AddOptions<CookieAuthenticationOptions>(AdminAuthorizer.Scheme)
            .Configure<SessionKeys, IOptions<SignInOptions>, TimeProvider>(
                static (cookie, keys, signIn, time) =>
                {
                    cookie.DataProtectionProvider = keys;
                    cookie.TimeProvider = time;
                    cookie.ExpireTimeSpan = signIn.Value.SessionLifetime;
                    cookie.SlidingExpiration = false;
                    cookie.Cookie.Name = AdminAuthorizer.Cookie;
                    cookie.Cookie.HttpOnly = true;
                    cookie.Cookie.SameSite = SameSiteMode.Strict;
                    cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                    // Else the handler sends a browser that has just signed in somewhere by itself.
                    cookie.Events.OnRedirectToReturnUrl = static _ => Task.CompletedTask;
                }
            );
        services.AddTransient<OpenIdConnectHandler>();
        services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>>(static provider =>
            provider.GetRequiredService<OpenIdConnectSignIn>()
        );
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>()
        );
        // A scheme that takes requests is asked for every request, so there is none unless a provider is configured.
        services
            .AddOptions<AuthenticationOptions>()
            .Configure<IOptions<SignInOptions>>(
                static (authentication, signIn) =>
                {
                    if (signIn.Value.OpenIdConnect.IsOn)
                    {
                        authentication.AddScheme<OpenIdConnectHandler>(OpenIdConnectSignIn.Scheme, displayName: null);
                    }
                }
            );
    }

    /// <summary>Maps <c>/admin/session</c>.</summary>
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.ServiceProvider.GetRequiredService<SessionEndpoints>();
        var provider = routes.ServiceProvider.GetRequiredService<OpenIdConnectSignIn>();
        routes.MapGet(SessionEndpoints.Root, sessions.GetAsync).WithMetadata(AdminAccess.Anybody).Describe(SessionDocs.Get);
        // A session gives nothing that the key does not give.
        routes
            .MapPost(SessionEndpoints.Root, sessions.SignInAsync)
            .WithMetadata(AdminAccess.Anybody, TakesAway.Only)
            .Describe(SessionDocs.SignIn);
        routes
            .MapDelete(SessionEndpoints.Root, sessions.SignOutAsync)
            .WithMetadata(AdminAccess.SignedIn, TakesAway.Only)
            .Describe(SessionDocs.SignOut);
        routes
            .MapGet(SessionEndpoints.Root + "/sign-in", provider.ChallengeAsync)
            .WithMetadata(AdminAccess.Anybody)
            .Describe(SessionDocs.SignInElsewhere);
    }
}
