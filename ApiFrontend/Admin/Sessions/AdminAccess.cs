using System.Collections.Immutable;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>Who may use a route below <c>/admin</c>. Metadata of the endpoint; a route without it is for viewers and admins where it reads, else for admins.</summary>
/// <param name="Roles">The roles; empty for everybody, signed in or not.</param>
/// <param name="NeedsPerson">Whether the route is about the person who asks, so that the admin key alone does not do.</param>
internal sealed record AdminAccess(ImmutableArray<AdminRole> Roles, bool NeedsPerson = false)
{
    /// <summary>Everybody, signed in or not.</summary>
    public static AdminAccess Anybody { get; } = new([]);

    /// <summary>Everybody who is signed in.</summary>
    public static AdminAccess SignedIn { get; } = new([AdminRole.Member, AdminRole.Viewer, AdminRole.Admin]);

    /// <summary>Reads of what operators see.</summary>
    public static AdminAccess Readers { get; } = new([AdminRole.Viewer, AdminRole.Admin]);

    /// <summary>Changes.</summary>
    public static AdminAccess Operators { get; } = new([AdminRole.Admin]);

    /// <summary>Reads of what belongs to the person who asks.</summary>
    public static AdminAccess Persons { get; } = new(SignedIn.Roles, NeedsPerson: true);

    /// <summary>Changes of what belongs to the person who asks.</summary>
    public static AdminAccess Members { get; } = new([AdminRole.Member, AdminRole.Admin], NeedsPerson: true);

    /// <summary>Who may use an endpoint.</summary>
    public static AdminAccess Of(Endpoint endpoint, string method) =>
        endpoint.Metadata.GetMetadata<AdminAccess>() ?? (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Readers : Operators);
}
