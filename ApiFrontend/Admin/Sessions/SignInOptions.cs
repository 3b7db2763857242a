namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>How persons sign in to <c>/admin</c>. Section <see cref="Section"/>.</summary>
public sealed class SignInOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "FlowGpt:SignIn";

    /// <summary>How long a session lasts; then the person signs in again. A person whose groups change keeps the old role until then.</summary>
    /// <value>Default 8 h; 5 min to 7 days.</value>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>The identity provider of named persons.</summary>
    public OpenIdConnectSettings OpenIdConnect { get; set; } = new();

    /// <summary>An OpenID Connect provider; off while <see cref="Authority"/> is empty.</summary>
    public sealed class OpenIdConnectSettings
    {
        /// <summary>The provider's address, below which <c>/.well-known/openid-configuration</c> is.</summary>
        /// <value>Default empty: off. https, or http to this machine.</value>
        public string Authority { get; set; } = "";

        /// <summary>The gateway's id at the provider.</summary>
        public string ClientId { get; set; } = "";

        /// <summary>The gateway's secret at the provider; empty for a public client.</summary>
        public string ClientSecret { get; set; } = "";

        /// <summary>What the provider is asked for, separated by spaces; <c>openid</c> must be among them.</summary>
        /// <value>Default <c>openid profile</c>. Many providers need a further scope for groups.</value>
        public string Scopes { get; set; } = "openid profile";

        /// <summary>The claim that lists a person's groups.</summary>
        /// <value>Default <c>groups</c>.</value>
        public string GroupsClaim { get; set; } = "groups";

        /// <summary>The claim that names a person, for the audit log.</summary>
        /// <value>Default <c>name</c>; without it, the subject.</value>
        public string NameClaim { get; set; } = "name";

        /// <summary>Groups whose persons may do everything, separated by semicolons.</summary>
        public string AdminGroups { get; set; } = "";

        /// <summary>Groups whose persons see everything and change nothing, separated by semicolons.</summary>
        public string ViewerGroups { get; set; } = "";

        /// <summary>Groups whose persons make their own keys, separated by semicolons; <c>*</c> means every person.</summary>
        public string MemberGroups { get; set; } = "";

        /// <summary>What the button to sign in says.</summary>
        /// <value>Default <c>Single sign-on</c>.</value>
        public string Label { get; set; } = "Single sign-on";

        /// <summary>Whether a provider is configured.</summary>
        internal bool IsOn => Authority.Length > 0;
    }
}
