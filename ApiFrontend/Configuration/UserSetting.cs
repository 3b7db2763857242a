namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>A short name that users set in the environment or in <c>.env</c>, and the configuration key it stands for.</summary>
/// <param name="Name">The name in the environment.</param>
/// <param name="Key">The configuration key.</param>
/// <param name="IsSecret">Whether its value must not be shown.</param>
internal sealed record UserSetting(string Name, string Key, bool IsSecret = false)
{
    /// <summary>Checks the text and gives it the key's own form. Null: taken as it is.</summary>
    public Func<string, SettingValue>? Convert { get; init; }

    /// <summary>Every short name of the product; a name that stands for two keys is listed twice.</summary>
    public static IReadOnlyList<UserSetting> All { get; } =
    [
        new("API_MASTER_KEY", "FlowGpt:Frontend:MasterKey", IsSecret: true),
        new("ADMIN_API_KEY", "FlowGpt:Frontend:AdminKey", IsSecret: true),
        new("FLOWGPT_BASE_URL", "FlowGpt:Upstream:BaseUrl") { Convert = SettingValue.HttpAddress },
        new("FLOWGPT_SIGNATURE", "FlowGpt:Upstream:Signature")
        {
            Convert = static text => SettingValue.OneOf(text, "dash-authorization", "concatenated-device", "colon-device"),
        },
        new("FLOWGPT_CONTEXT_MODE", "FlowGpt:Upstream:ContextMode")
        {
            Convert = static text => SettingValue.OneOf(text, "conversation", "history"),
        },
        new("REQUEST_TIMEOUT", "FlowGpt:Frontend:RequestTimeout") { Convert = static text => SettingValue.TimeOfSeconds(text) },
        new("REQUEST_TOTAL_TIMEOUT", "FlowGpt:Frontend:TotalTimeout") { Convert = static text => SettingValue.TimeOfSeconds(text, 86_400) },
        new("FLOWGPT_BEARER_TOKEN", "FlowGpt:Accounts:Fields:bearerToken", IsSecret: true),
        new("FLOWGPT_DEVICE_ID", "FlowGpt:Accounts:Fields:deviceId"),
        new("FLOWGPT_ACCOUNTS_FILE", "FlowGpt:Accounts:File"),
        new("OPENAI_API_KEY", "FlowGpt:Accounts:Providers:openai:ApiKey", IsSecret: true),
        new("OPENAI_BASE_URL", "FlowGpt:Accounts:Providers:openai:BaseUrl"),
        new("ANTHROPIC_API_KEY", "FlowGpt:Accounts:Providers:anthropic:ApiKey", IsSecret: true),
        new("ANTHROPIC_BASE_URL", "FlowGpt:Accounts:Providers:anthropic:BaseUrl"),
        new("DATA_DIRECTORY", "FlowGpt:Silo:DataDirectory"),
        new("TIME_ZONE", "FlowGpt:KeyUse:TimeZone"),
        new("TIME_ZONE", "FlowGpt:Frontend:TimeZone"),
        new("REDIS_CONNECTION", "FlowGpt:Redis:Connection", IsSecret: true),
        new("CONVERSATIONS_REDIS", "FlowGpt:Redis:Conversations", IsSecret: true),
        new("REDIS_PASSWORD", "FlowGpt:Redis:Password", IsSecret: true),
        new("CLUSTER_TLS", "FlowGpt:ClusterTls:Directory"),
        new("VAULT_KEY_FILE", "FlowGpt:Vault:KeyFile"),
        new("METRICS_URLS", "FlowGpt:Frontend:MetricsUrls") { Convert = SettingValue.ListenAddresses },
        new("ADMIN_URLS", "FlowGpt:Frontend:AdminUrls") { Convert = SettingValue.ListenAddresses },
        new("ASPNETCORE_URLS", "urls") { Convert = SettingValue.ListenAddresses },
    ];
}
