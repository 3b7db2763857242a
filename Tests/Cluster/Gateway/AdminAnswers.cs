using System.Text.Json;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>What tests read of the admin routes' answers.</summary>
internal static class AdminAnswers
{
    /// <summary>A field of the account that an answer is about.</summary>
    public static string? Account(this JsonElement answer, string field) => answer.GetProperty("account").GetProperty(field).ToString();

    /// <summary>The code, field and message of an error.</summary>
    public static (string? Code, string? Param, string Message) Error(this JsonElement answer)
    {
        var error = answer.GetProperty("error");
        return (error.GetProperty("code").GetString(), error.GetProperty("param").GetString(), error.GetProperty("message").GetString()!);
    }
}
