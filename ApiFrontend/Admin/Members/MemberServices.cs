using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Docs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Members;

/// <summary>Registers and maps what persons do for themselves.</summary>
internal static class MemberServices
{
    /// <summary>Registers the handlers.</summary>
    public static void AddMembers(this IServiceCollection services)
    {
        services.AddOptions<MemberOptions>().BindConfiguration(MemberOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MemberOptions>, MemberOptionsValidator>());
        services.AddSingleton<MemberKeys>();
        services.AddSingleton<MemberEndpoints>();
    }

    /// <summary>Maps <c>/admin/me</c>.</summary>
    public static void MapMembers(this IEndpointRouteBuilder routes)
    {
        var members = routes.ServiceProvider.GetRequiredService<MemberEndpoints>();
        routes.MapGet("/admin/me", members.TermsAsync).WithMetadata(AdminAccess.Persons).Describe(MemberDocs.Terms);
        routes.MapGet("/admin/me/keys", members.ListAsync).WithMetadata(AdminAccess.Persons).Describe(MemberDocs.List);
        routes.MapPost("/admin/me/keys", members.CreateAsync).WithMetadata(AdminAccess.Members).Describe(MemberDocs.Create);
        routes
            .MapDelete("/admin/me/keys/{id}", members.RevokeAsync)
            .WithMetadata(AdminAccess.Members, TakesAway.Only)
            .Describe(MemberDocs.Revoke);
        routes.MapGet("/admin/me/usage", members.UsageAsync).WithMetadata(AdminAccess.Persons).Describe(MemberDocs.Usage);
    }
}
