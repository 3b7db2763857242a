namespace FlowGpt.Grains.Interfaces.Chat;

/// <summary>Who speaks. OpenAI's <c>developer</c> role arrives as <see cref="System"/>, the old <c>function</c> role as <see cref="Tool"/>.</summary>
[GenerateSerializer]
public enum ChatRole
{
    System = 0,
    User = 1,
    Assistant = 2,
    Tool = 3,
}
