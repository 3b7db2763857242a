namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>What a person may do below <c>/admin</c>.</summary>
internal enum AdminRole
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Makes and revokes client keys of one's own, and sees their usage.</summary>
    Member,

    /// <summary>Sees everything, changes nothing.</summary>
    Viewer,

    /// <summary>Everything.</summary>
    Admin,
}
